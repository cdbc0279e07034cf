/** Whether all is in the bucket that came with the first start, which is for looking around. Pure. */

const DEMO = /^file:.*\/\.satchel-demo\//;

export function isDemoBucket(bucket: string): boolean {
  return DEMO.test(bucket);
}
