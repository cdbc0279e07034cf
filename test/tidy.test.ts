/**
 * The house rules. Each failure names file, line, rule and what to do instead. The rules are in
 * support/house-rules.ts; what Biome checks by itself (length of functions, `any`, non-null
 * assertions, floating promises) is in biome.json.
 */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { suite, test } from 'node:test';
import {
  cycleProblems,
  decisionProblems,
  importProblems,
  outsideProblems,
  portProblems,
  sourceProblems,
  staleAllowances,
  unreached,
} from './support/house-rules.ts';
import { codeOf, lineAt, ROOT, repositoryFiles, type SourceFile } from './support/source-files.ts';

const files = repositoryFiles();
const sources = files.filter(({ path }) => /^(src|test|scripts)\/.*\.tsx?$/.test(path));
const documents = files.filter(({ path }) => path.endsWith('.md'));

/** Files that wait for what will use them, with the reason. This list only gets shorter. */
const NOT_YET_REACHED: Readonly<Record<string, string>> = {};

function none(problems: readonly string[]): void {
  assert.equal(problems.length, 0, `\n${problems.join('\n')}`);
}

suite('house rules', () => {
  test('there are files to look at', () => {
    assert.ok(sources.length > 50, `only ${sources.length} sources found below ${ROOT}`);
  });

  test('imports go down the layers, and end in .ts', () => {
    none(sources.flatMap(importProblems));
  });

  test('no imports in a circle', () => {
    none(cycleProblems(sources));
  });

  test('time, chance and disk are reached through ports', () => {
    none(sources.flatMap(portProblems));
    none(staleAllowances(sources));
  });

  test('files are short, exports named, and nothing is put off', () => {
    none(sources.flatMap(sourceProblems));
  });

  test('every source is used by the program or by a test', () => {
    const dead = unreached(sources, (path) =>
      /^src\/cli\/main\.ts$|^src\/web\/main\.tsx$|^scripts\/|\.test\.ts$|^test\/support\/([\w-]+-writer|kill-point)\.ts$/.test(
        path,
      ),
    );
    none([
      ...dead
        .filter((path) => NOT_YET_REACHED[path] === undefined)
        .map((path) => `${path}: nothing uses it; remove it, or use it`),
      ...Object.keys(NOT_YET_REACHED)
        .filter((path) => !dead.includes(path))
        .map((path) => `${path}: is used now; take it out of NOT_YET_REACHED`),
    ]);
  });

  test('nothing names a place outside the repository', () => {
    none(files.flatMap(outsideProblems));
  });

  test('links in the docs lead somewhere', () => {
    none(documents.flatMap(linkProblems));
  });

  test('decision records have their four parts', () => {
    none(
      documents.filter(({ path }) => path.startsWith('docs/decisions/')).flatMap(decisionProblems),
    );
  });

  test('every dependency has its reason in docs/decisions/dependencies.md', () => {
    const record = readFileSync(join(ROOT, 'docs/decisions/dependencies.md'), 'utf8');
    const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    const names = [
      manifest.dependencies,
      manifest.optionalDependencies,
      manifest.devDependencies,
    ].flatMap((list: Readonly<Record<string, string>> | undefined) => Object.keys(list ?? {}));
    none(
      names
        .filter((name) => !record.includes(`\`${name}\``))
        .map((name) => `package.json: ${name} has no reason; give it a paragraph in the record`),
    );
  });
});

function linkProblems(file: SourceFile): readonly string[] {
  return [...file.text.matchAll(/\]\((?!https?:|mailto:|#)([^)#\s]+)(?:#[^)]*)?\)/g)]
    .filter(([, target = '']) => {
      const path = posix.join(posix.dirname(file.path), decodeURIComponent(target));
      return path.startsWith('..') || !existsSync(join(ROOT, path));
    })
    .map((match) => `${file.path}:${lineAt(file.text, match.index)}: ${match[1]} does not exist`);
}

suite('the rules find what they are for', () => {
  const source = (path: string, text: string): SourceFile => ({ path, text });

  const offences: readonly [string, (file: SourceFile) => readonly string[], SourceFile, RegExp][] =
    [
      [
        'an import up',
        importProblems,
        source('src/base/x.ts', "import { a } from '../app/a.ts';\n"),
        /src\/base\/x\.ts:1: base\/ must not import src\/app\/a\.ts/,
      ],
      [
        'a type import up',
        importProblems,
        source('src/store/x.ts', "import type {\n  A,\n} from '../format/a.ts';\n"),
        /:1: store\/ must not/,
      ],
      [
        'more than a type where only types may come from',
        importProblems,
        source('src/web/x.tsx', "import { a } from '../api/a.ts';\n"),
        /:1: web\/ must not import src\/api\/a\.ts/,
      ],
      [
        'a lazy import up',
        importProblems,
        source('src/sync/x.ts', "\nconst a = await import('../store/s3.ts');\n"),
        /:2: sync\/ must not/,
      ],
      [
        'one kind in another',
        importProblems,
        source('src/kinds/vault/x.ts', "import { a } from '../wiki/a.ts';\n"),
        /kinds\/vault\/ must not import/,
      ],
      [
        'an import of a test',
        importProblems,
        source('src/app/x.ts', "import { a } from '../../test/a.ts';\n"),
        /must not import test\/a\.ts/,
      ],
      ['a folder in no layer', importProblems, source('src/utils/x.ts', ''), /in no layer/],
      [
        'a path without .ts',
        importProblems,
        source('src/base/x.ts', "import { a } from './a';\n"),
        /lacks its ending/,
      ],
      [
        'the wall clock',
        portProblems,
        source('src/sync/x.ts', 'const a = Date.now();\n'),
        /:1: Date\.now is the wall clock; take a Clock/,
      ],
      [
        'a clock in a template',
        portProblems,
        source('src/sync/x.ts', 'const a = `${ { b: new Date() }.b }`;\n'),
        /new Date\(\)/,
      ],
      [
        'a timer',
        portProblems,
        source('src/sync/x.ts', "import { setTimeout as wait } from 'node:timers/promises';\n"),
        /a timer/,
      ],
      [
        'chance',
        portProblems,
        source('src/kinds/vault/x.ts', '\nrandomBytes(4);\n'),
        /:2: randomBytes is randomness/,
      ],
      [
        'the disk',
        portProblems,
        source('src/sync/x.ts', "import { open } from 'node:fs/promises';\n"),
        /node:fs\/promises is the file system/,
      ],
      [
        'a default export',
        sourceProblems,
        source('src/base/x.ts', 'export default 1;\n'),
        /default export/,
      ],
      [
        'a barrel',
        sourceProblems,
        source(
          'src/base/x.ts',
          "export { a } from './a.ts';\nexport type {\n  B,\n} from './b.ts';\n",
        ),
        /only re-exports/,
      ],
      [
        'any',
        sourceProblems,
        source('src/base/x.ts', 'function f(a: any) {}\n'),
        /any; use unknown/,
      ],
      [
        'a note to oneself',
        sourceProblems,
        source('src/base/x.ts', `// ${'TO'}DO: later\n`),
        /:1: a note to oneself/,
      ],
      ['a long file', sourceProblems, source('src/base/x.ts', '\n'.repeat(401)), /401 lines/],
      [
        'a place of one machine',
        outsideProblems,
        source('docs/x.md', `see /${'wo'}rk/notes\n`),
        /:1: .* is a place on somebody/,
      ],
      [
        'half a decision',
        decisionProblems,
        source('docs/decisions/x.md', '# X\n\n## Goals\n\n## Decision\n'),
        /"## Non-goals" is missing/,
      ],
      [
        'a link to nothing',
        linkProblems,
        source('docs/x.md', 'see [it](nowhere.md#x)\n'),
        /docs\/x\.md:1: nowhere\.md does not exist/,
      ],
    ];
  for (const [name, rule, file, expected] of offences) {
    test(name, () => {
      assert.match(rule(file).join('\n'), expected);
    });
  }

  test('imports in a circle and files that nothing uses', () => {
    const circle = [
      source('src/base/a.ts', "import { b } from './b.ts';\n"),
      source('src/base/b.ts', "import { a } from './a.ts';\n"),
    ];
    assert.match(
      cycleProblems(circle).join('\n'),
      /src\/base\/a\.ts → src\/base\/b\.ts → src\/base\/a\.ts/,
    );
    assert.deepEqual(
      unreached([...circle, source('src/base/c.ts', '')], (path) => path.endsWith('a.ts')),
      ['src/base/c.ts'],
    );
  });

  test('comments, strings and regular expressions are no code', () => {
    const text = [
      "// Date.now() and it's fine",
      'const a = \'Date.now()\' + "Date.now()" + `Date.now() ${b} Date.now()`; /* Date.now() */',
      'const c = /[/`\'"]Date.now()/.test(a) ? 4 / 2 : 8 / 4;',
      'Date.now();',
    ].join('\n');
    const code = codeOf(text);
    assert.equal(code.length, text.length);
    assert.deepEqual(
      [...code.matchAll(/Date\.now/g)].map(({ index }) => lineAt(code, index)),
      [4],
    );
  });
});
