/** Something that may happen to a machine in a step of its life. */
import type { Machine } from './machine.ts';
import type { World } from './world.ts';

/** @returns false where it could not happen. */
export type Act = (world: World, machine: Machine) => boolean;
