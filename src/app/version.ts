/** This program's version: put in by the build, unknown when run from its sources. */
declare const SATCHEL_VERSION: string | undefined;

export const VERSION = typeof SATCHEL_VERSION === 'undefined' ? '0.0.0-source' : SATCHEL_VERSION;

/** As heads, replicas and settings name it. */
export const APP = `satchel ${VERSION}`;
