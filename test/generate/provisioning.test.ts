import { load as parse } from 'js-yaml';
import { expect, test } from 'vitest';
import { provisioningPart } from '../../src/generate/provisioning.ts';
import { shopCatalog, written } from './catalogs.ts';

const files = written(provisioningPart, shopCatalog());

test('Grafana gets Prometheus as its default data source, with a fixed uid and the interval of scrapes', () => {
  expect(parse(files.get('grafana/provisioning/datasources/nines.yml') ?? '')).toMatchObject({
    apiVersion: 1,
    datasources: [
      {
        uid: 'nines-prometheus',
        type: 'prometheus',
        url: 'http://prometheus:9090',
        isDefault: true,
        jsonData: { timeInterval: '15s' },
      },
    ],
  });
});

test('dashboards are those of the files: changed nowhere else, and gone with their file', () => {
  expect(parse(files.get('grafana/provisioning/dashboards/nines.yml') ?? '')).toEqual({
    apiVersion: 1,
    providers: [
      {
        name: 'nines',
        type: 'file',
        folder: 'Nines',
        folderUid: 'nines',
        disableDeletion: false,
        allowUiUpdates: false,
        updateIntervalSeconds: 30,
        options: { path: '/etc/grafana/nines/dashboards' },
      },
    ],
  });
});
