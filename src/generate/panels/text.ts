import { PanelBuilder, TextMode } from '@grafana/grafana-foundation-sdk/text';
import type { Panel, Words } from './panel.ts';

/** Markdown. */
export const text = (panel: Words & { key: string; width?: number; content: string }): Panel => ({
  key: panel.key,
  ...(panel.width && { width: panel.width }),
  panel: new PanelBuilder()
    .title(panel.title)
    .description(panel.description)
    .mode(TextMode.Markdown)
    .content(panel.content),
});
