import type { Catalog } from '../../definition/catalog.ts';
import type { Subject } from './subject.ts';
import { templateText } from './text.ts';

const wordsOf = (text: string): string =>
  ` ${text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()} `;

const says = (text: string, name: string): boolean => wordsOf(text).includes(wordsOf(name));

type Place = { system: string; service: string };

/**
 * `Duru Notes: API availability`, `Duru Notes / Database: Backups`: what fires, and where, as text of an annotation. It is all
 * that is read of an alert on a phone, so a system or service that the name says already is not told twice.
 */
export const titleOf = ({ systems, services }: Catalog, { system, service }: Place, name: string): string => {
  const ofSystem = systems.get(system)?.name ?? system;
  const ofService = services.get(`${system}/${service}`)?.name ?? service;
  const places = says(name, ofService) ? [] : [ofService];
  if (!says([...places, name].join(' '), ofSystem)) places.unshift(ofSystem);
  return templateText(places.length === 0 ? name : `${places.join(' / ')}: ${name}`);
};

export const sloTitle = ({ catalog, slo }: Subject): string => titleOf(catalog, slo, slo.name);

/** `region eu, zone b` of the group that fires, read from its labels; empty where the SLO has no groups. */
export const groupText = ({ groupBy }: Subject): string =>
  groupBy.map((name) => `${name} {{ $labels.${name} }}`).join(', ');
