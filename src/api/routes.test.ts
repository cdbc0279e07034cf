import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { openApi } from './openapi.ts';
import type { Route } from './route.ts';
import { ROUTES } from './routes.ts';

const routes: readonly [string, Route][] = Object.entries(ROUTES);

suite('the table of routes', () => {
  test('each is under its own name, and no two share a place', () => {
    for (const [name, route] of routes) assert.equal(route.name, name);
    const places = routes.map(([, { method, path }]) => `${method} ${path}`);
    assert.equal(new Set(places).size, places.length);
  });

  test('what a GET takes fits into a query, in which all is text', () => {
    for (const [name, { method, input }] of routes) {
      if (method !== 'GET') continue;
      for (const [field, schema] of Object.entries(input.shape)) {
        const takes = ['x', '1', 'true', '2026-11-01T10:00:00.000Z'].some(
          (text) => schema.safeParse(text).success,
        );
        assert.ok(takes, `${name}.${field} takes no text`);
      }
    }
  });

  test('a field of its own named home would hide which home is meant', () => {
    for (const [name, { input }] of routes) assert.equal('home' in input.shape, false, name);
  });
});

suite('the description of the API', () => {
  const description = openApi(Object.values(ROUTES), '1.2.3');
  const text = JSON.stringify(description);

  test('says of each route what goes in and what comes out', () => {
    const { paths } = JSON.parse(text);
    const log = paths['/api/log'].get;
    const byName = Object.fromEntries(
      log.parameters.map((parameter: { name: string }) => [parameter.name, parameter]),
    );
    assert.deepEqual(Object.keys(byName), ['after', 'limit', 'collection', 'home']);
    assert.equal(byName.after.in, 'query');
    assert.equal(byName.after.required, false);
    assert.equal(byName.limit.schema.maximum, 1000);

    const write = paths['/api/file/write'].post;
    const body = write.requestBody.content['application/json'].schema;
    assert.deepEqual(body.required, ['collection', 'path']);
    assert.equal(body.additionalProperties, false);
    assert.ok('home' in body.properties);
    const conflict = write.responses['409'].content['application/json'].schema.anyOf[0];
    assert.ok('current_content' in conflict.properties);
    assert.match(paths['/api/lend'].post.summary, /socket only/);
    assert.ok('text/event-stream' in paths['/api/events'].get.responses['200'].content);
  });

  test('every reference in it leads somewhere', () => {
    const references = [...text.matchAll(/"\$ref":"#\/([^"]*)"/g)].map(([, path = '']) => path);
    assert.ok(references.length > 0);
    for (const path of new Set(references)) {
      let found: unknown = description;
      for (const part of path.split('/')) {
        const name = part.replaceAll('~1', '/').replaceAll('~0', '~');
        assert.ok(typeof found === 'object' && found !== null, path);
        found = (found as Record<string, unknown>)[name];
      }
      assert.ok(found !== undefined, path);
    }
  });
});
