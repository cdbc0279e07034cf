/** How much memory a run of the program took at most. */
import type { Environment, Ran } from './satchel.ts';

/** Lets the process tell the most memory it ever had, in KiB, as its last words. */
export function measuringMemory(): Environment {
  const script =
    'process.on("exit",()=>process.stderr.write("memory:"+process.resourceUsage().maxRSS+"\\n"))';
  return { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(script)}` };
}

/** Bytes; not a number where the run was not measured. */
export function peakMemoryOf({ err }: Ran): number {
  return Number(/memory:(\d+)/.exec(err)?.[1] ?? Number.NaN) * 1024;
}
