import type { Setting } from './setting-words.ts';

/** What whatever a setting is changed with is given. */
export interface ControlProps {
  readonly setting: Setting;
  /** The id of the element that names the setting. */
  readonly labelledBy: string;
  /** @param value as the program takes it. */
  readonly onChange: (value: string) => void;
}
