import { Alert, Badge, createTheme } from '@mantine/core';
import type { CSSVariablesResolver } from '@mantine/core';

export const theme = createTheme({
  primaryColor: 'blue',
  primaryShade: { light: 8, dark: 8 },
  fontFamily: "system-ui, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif",
  fontFamilyMonospace: "ui-monospace, 'SF Mono', 'DejaVu Sans Mono', Menlo, Consolas, monospace",
  defaultRadius: 'sm',
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    Badge: Badge.extend({ defaultProps: { tt: 'none' } }),
    // Text in the colours of text, which every reader can read; the colour is that of the frame.
    Alert: Alert.extend({
      defaultProps: { variant: 'default' },
      vars: (_theme, { color = 'blue' }) => ({
        root: { '--alert-bd': `2px solid var(--mantine-color-${color}-filled)` },
      }),
    }),
  },
});

/** Mantine's defaults for dimmed text and errors have less contrast than WCAG AA asks for. */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: { '--mantine-color-dimmed': '#5c636a', '--mantine-color-error': '#b42318' },
  dark: { '--mantine-color-dimmed': '#a3abb3', '--mantine-color-error': '#ff9b93' },
});
