/** Parts of the page that are loaded when they are shown first. */
import { type ComponentType, type LazyExoticComponent, lazy } from 'react';
import { Failure } from './api/failure.ts';

/** In the browser's words nobody would know what to do. */
const NOT_LOADED = new Failure('this part of the page could not be loaded', {
  kind: 'stopped',
  hint: 'Satchel is not up, or another version of it is: try again when it is.',
});

export function later<Props>(
  load: () => Promise<ComponentType<Props>>,
): LazyExoticComponent<ComponentType<Props>> {
  return lazy(async () => {
    try {
      return { default: await load() };
    } catch {
      throw NOT_LOADED;
    }
  });
}
