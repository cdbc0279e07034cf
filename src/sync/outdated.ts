/**
 * Devices whose Satchel is too old to know of pruning: they would rely on content that another one
 * has announced to delete, and cannot read what was uploaded anew (rule S12).
 */
import { allEnds } from '../replica/clocks.ts';
import { allPeers } from '../replica/peers.ts';
import { type Engine, selfId } from './engine.ts';
import { retiredDevices } from './retired.ts';

/** The programs that came before pruning. */
const BEFORE_PRUNING = /^satchel 0\.1\./;

export interface OutdatedDevice {
  readonly name: string;
  /** Its program and version, as its head tells. */
  readonly app: string;
}

/** Those that may work again: not retired, and under an identity that has not ended. */
export function outdatedDevices(engine: Engine): OutdatedDevice[] {
  const gone = new Set([
    selfId(engine),
    ...retiredDevices(engine).keys(),
    ...Object.keys(allEnds(engine.db)),
  ]);
  return allPeers(engine.db).flatMap(({ device, head }) =>
    head === undefined || gone.has(device) || !BEFORE_PRUNING.test(head.device.app)
      ? []
      : [{ name: head.device.name, app: head.device.app }],
  );
}
