/** A process whose clock is wrong, like all it asks the system for the time. */
import type { Environment } from './satchel.ts';

export function clockShiftedBy(shiftMs: number): Environment {
  const script =
    `const RealDate=Date;globalThis.Date=class Date extends RealDate{` +
    `constructor(...of){if(of.length===0)super(RealDate.now()+(${shiftMs}));else super(...of)}` +
    `static now(){return RealDate.now()+(${shiftMs})}};`;
  return { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(script)}` };
}
