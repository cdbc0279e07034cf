/** Lets devices that are set up look for their bucket elsewhere: at a server in trouble, say. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Pair } from './pair.ts';

export function useBucket(pair: Pair, device: string, url: string): void {
  const path = join(pair.place.root, device, 'settings.json');
  const settings = JSON.parse(readFileSync(path, 'utf8'));
  writeFileSync(path, JSON.stringify({ ...settings, bucket: url }));
}
