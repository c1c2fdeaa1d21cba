# Node 26 comes with the image, so the platform packages that bring it elsewhere are left out in the end; until then the
# compiler needs one of its own.
FROM node:26.10.0-bookworm-slim AS build
WORKDIR /nines
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY . .
RUN npm run build && npm prune --omit=dev --omit=optional

FROM node:26.10.0-bookworm-slim
ENV NODE_ENV=production NINES_HOST=0.0.0.0 NINES_DATA_DIR=/data
# icmp probes ask the system's ping.
RUN apt-get update && apt-get install -y --no-install-recommends iputils-ping && rm -rf /var/lib/apt/lists/*
WORKDIR /nines
COPY --from=build /nines/package.json ./
COPY --from=build /nines/bin ./bin
COPY --from=build /nines/dist ./dist
COPY --from=build /nines/slo ./slo
COPY --from=build /nines/docs/runbooks ./docs/runbooks
COPY --from=build /nines/node_modules ./node_modules
RUN mkdir /data && chown node:node /data
USER node
VOLUME /data
EXPOSE 9700
HEALTHCHECK --interval=10s --timeout=3s CMD ["node", "-e", "fetch('http://127.0.0.1:9700/health').then(r=>process.exit(r.ok?0:1),()=>process.exit(1))"]
# Listening beyond loopback needs NINES_TOKEN: the start refuses without it.
CMD ["node", "bin/nines.js", "serve"]
