import { z } from 'zod';
import { links } from './links.ts';
import { policies } from './policy.ts';
import { system } from './system.ts';

/** Every file in `slo/` but requirements.yaml is one of these. */
export const document = z.discriminatedUnion('kind', [system, policies, links]);
export type Document = z.output<typeof document>;
export type SystemDocument = z.output<typeof system>;
export type PoliciesDocument = z.output<typeof policies>;
export type LinksDocument = z.output<typeof links>;
