import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isDemoBucket } from './demo-bucket.ts';

test('the bucket of the first start is known by its folder, and no other is taken for it', () => {
  assert.ok(isDemoBucket('file:///home/me/satchel/.satchel-demo/bucket'));
  assert.ok(!isDemoBucket('file:///mnt/disk/satchel'));
  assert.ok(!isDemoBucket('s3://notes/.satchel-demo/bucket'));
});
