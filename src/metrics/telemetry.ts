import { createRequire, syncBuiltinESMExports } from 'node:module';
import type { Span } from '@opentelemetry/api';
import type { Tracer } from './tracer.ts';

export type Telemetry = {
  tracer: Tracer;
  /** OpenTelemetry's own metrics (HTTP in and out), Prometheus text format; empty or ending with a line break. */
  text(): Promise<string>;
  /** Sends what is left and ends. */
  stop(): Promise<void>;
};

const isPromise = (value: unknown): value is Promise<unknown> => value instanceof Promise;

const failed = (span: Span, error: unknown, code: number): void => {
  span.recordException(error instanceof Error ? error : String(error));
  span.setStatus({ code });
  span.end();
};

type Api = typeof import('@opentelemetry/api');

const tracerOf = ({ trace, context, propagation, SpanStatusCode, ROOT_CONTEXT }: Api): Tracer => {
  const tracer = trace.getTracer('nines');
  return {
    current: () => {
      const carrier: { traceparent?: string } = {};
      propagation.inject(context.active(), carrier);
      return carrier.traceparent ?? null;
    },
    span: (name, attributes, work, parent) =>
      tracer.startActiveSpan(
        name,
        { attributes: { ...attributes } },
        parent ? propagation.extract(ROOT_CONTEXT, { traceparent: parent }) : context.active(),
        (span) => {
          try {
            const result = work();
            if (!isPromise(result)) {
              span.end();
              return result;
            }
            return result.then(
              (value) => {
                span.end();
                return value;
              },
              (error: unknown) => {
                failed(span, error, SpanStatusCode.ERROR);
                throw error;
              },
            ) as typeof result;
          } catch (error) {
            failed(span, error, SpanStatusCode.ERROR);
            throw error;
          }
        },
      ),
  };
};

// The hooks see only what is required; an `import` of node:http gets what they made of it through this.
const patchBuiltins = (): void => {
  const require = createRequire(import.meta.url);
  for (const name of ['node:http', 'node:https']) require(name);
  syncBuiltinESMExports();
};

// Scrapes and health checks of our own server would be most of the traces and say nothing.
const UNTRACED = new Set(['/metrics', '/health', '/ready']);

/**
 * Starts OpenTelemetry. Must settle before the application is imported, because instrumentation changes modules as they
 * are loaded. Loads OpenTelemetry only when called (110 ms of CPU). Metrics are kept for `text`; traces are sent where
 * the standard variables say (OTEL_EXPORTER_OTLP_ENDPOINT, _HEADERS, _PROTOCOL …), which the SDK reads itself;
 * `otlpEndpoint` null = none are made.
 */
export const startTelemetry = async (options: { otlpEndpoint: string | null }): Promise<Telemetry> => {
  const [
    { NodeSDK },
    { PrometheusExporter, PrometheusSerializer },
    { HttpInstrumentation },
    { UndiciInstrumentation },
    api,
  ] = await Promise.all([
    import('@opentelemetry/sdk-node'),
    import('@opentelemetry/exporter-prometheus'),
    import('@opentelemetry/instrumentation-http'),
    import('@opentelemetry/instrumentation-undici'),
    import('@opentelemetry/api'),
  ]);
  const exporter = new PrometheusExporter({ preventServerStart: true });
  const sdk = new NodeSDK({
    serviceName: 'nines',
    autoDetectResources: false,
    metricReaders: [exporter],
    logRecordProcessors: [],
    ...(options.otlpEndpoint === null ? { spanProcessors: [] } : {}),
    instrumentations: [
      new HttpInstrumentation({
        ignoreIncomingRequestHook: (request) => UNTRACED.has((request.url ?? '').split('?', 1)[0]!),
      }),
      new UndiciInstrumentation(),
    ],
  });
  sdk.start();
  patchBuiltins();
  const serializer = new PrometheusSerializer('', false, undefined, true, true);
  return {
    tracer: tracerOf(api),
    text: async () => {
      const { resourceMetrics } = await exporter.collect();
      return serializer.serialize(resourceMetrics).trimStart();
    },
    stop: () => sdk.shutdown(),
  };
};
