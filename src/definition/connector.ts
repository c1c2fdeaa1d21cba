import type { CatalogConnector } from './catalog.ts';
import { isHttpUrl } from './meaning.ts';
import type { ConnectorSpec } from './meaning.ts';
import { revealUrl, textsOf, unsetIn } from './resolve.ts';
import type { Lookup } from './resolve.ts';
import type { SystemDocument } from './spec/document.ts';

export const NO_ADDRESS = 'is no http or https address once its references are filled in';

const notConfiguredOf = (spec: ConnectorSpec, lookup: Lookup): string | null => {
  if (spec.kind !== 'prometheus') return `this version does not read from ${spec.kind}`;
  const { url, token, tenant, headers } = spec;
  const unset = unsetIn(textsOf({ url, token, tenant, headers }), lookup);
  if (unset) return unset;
  return isHttpUrl(revealUrl(url, lookup)) ? null : `its url ${NO_ADDRESS}`;
};

export const connectorOf = (system: SystemDocument, spec: ConnectorSpec, lookup: Lookup): CatalogConnector => {
  const place = {
    id: `${system.id}/${spec.id}`,
    system: system.id,
    local: spec.id,
    notConfigured: notConfiguredOf(spec, lookup),
  };
  // Two branches, so that the kind stays tied to its spec.
  return spec.kind === 'prometheus' ? { ...place, kind: spec.kind, spec } : { ...place, kind: spec.kind, spec };
};
