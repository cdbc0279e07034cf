/** Light, dark, or as the system says. public/theme.js applies what is kept before the first paint. */
import { useState } from 'react';
import { keep, readKept } from './kept.ts';

export type Theme = 'system' | 'light' | 'dark';

export const THEMES: readonly { readonly value: Theme; readonly words: string }[] = [
  { value: 'system', words: 'As the system' },
  { value: 'light', words: 'Light' },
  { value: 'dark', words: 'Dark' },
];

export function useTheme(): readonly [Theme, (theme: Theme) => void] {
  const [theme, setTheme] = useState<Theme>(keptTheme);
  const choose = (chosen: Theme): void => {
    setTheme(chosen);
    keep('theme', chosen === 'system' ? undefined : chosen);
    if (chosen === 'system') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = chosen;
  };
  return [theme, choose];
}

function keptTheme(): Theme {
  const kept = readKept('theme');
  return THEMES.find(({ value }) => value === kept)?.value ?? 'system';
}
