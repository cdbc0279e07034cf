/**
 * The house rules as functions from files to problems. Each problem is one line that says where,
 * which rule, and what to do instead.
 */
import { codeOf, importsOf, lineAt, type SourceFile } from './source-files.ts';

/**
 * What each folder of `src/` may import besides itself: a folder, or single files of it; after
 * `type`, only as types. The order is that of the layers, the lowest first.
 */
const LAYERS: Readonly<Record<string, readonly string[]>> = {
  base: [],
  format: ['base/'],
  store: ['base/'],
  replica: ['base/', 'format/'],
  sync: ['base/', 'format/', 'replica/', 'store/store.ts'],
  kinds: ['base/', 'sync/kind.ts', 'kinds/files/'],
  api: ['base/'],
  app: ['base/', 'format/', 'store/', 'replica/', 'sync/', 'kinds/', 'type api/'],
  daemon: ['base/', 'api/', 'app/'],
  cli: ['base/', 'api/', 'app/', 'daemon/client.ts', 'daemon/daemon.ts'],
  web: ['type api/'],
};

interface Port {
  readonly what: string;
  readonly pattern: RegExp;
  readonly instead: string;
  /** Folders (ending in `/`) and files that may, each for a reason. */
  readonly allowed: Readonly<Record<string, string>>;
}

const COMPOSITION_ROOT = { 'src/app/': 'the composition root makes the real ports' };
const CLOCK_OF_PAGE = { 'src/web/clock.ts': 'the clock of the page, in the browser' };

/** What makes a run impossible to repeat in a test, and the port that stands for it. */
const PORTS: readonly Port[] = [
  {
    what: 'the wall clock',
    pattern: /\bDate\.now\b|\bnew Date\(\)|\bDate\(\)/g,
    instead: 'take a Clock (src/base/ports.ts) and call now()',
    allowed: { ...COMPOSITION_ROOT, ...CLOCK_OF_PAGE },
  },
  {
    what: 'the monotonic clock',
    pattern: /\bperformance\.now\b|\bprocess\.hrtime\b/g,
    instead: 'take a Clock (src/base/ports.ts) and call monotonicMs()',
    allowed: COMPOSITION_ROOT,
  },
  {
    what: 'a timer',
    pattern: /\b(?:setTimeout|setInterval|setImmediate)\b/g,
    instead: 'take a Clock (src/base/ports.ts) and call sleep()',
    allowed: {
      ...COMPOSITION_ROOT,
      ...CLOCK_OF_PAGE,
      'src/kinds/files/node-disk.ts': 'a long walk lets others run in between',
    },
  },
  {
    what: 'randomness',
    pattern: /\bMath\.random\b|\brandom(?:Bytes|UUID|Int|Fill|FillSync)\b|\bgetRandomValues\b/g,
    instead: 'take a Random (src/base/ports.ts) and call bytes()',
    allowed: COMPOSITION_ROOT,
  },
];

/** Who may import `node:fs`. */
const FILE_SYSTEM: Port = {
  what: 'the file system',
  pattern: /^node:fs(?:\/promises)?$/,
  instead: 'take a Disk (src/kinds/files/disk.ts) or an ObjectStore (src/store/store.ts)',
  allowed: {
    'src/app/': 'the home, its lock and its settings',
    'src/cli/': 'files that a person names on the command line',
    'src/daemon/log.ts': 'the text log of a home',
    'src/store/directory.ts': 'a bucket that is a folder',
    'src/store/directory-files.ts': 'a bucket that is a folder',
    'src/kinds/files/node-disk.ts': 'the Disk port on the real disk',
    'src/kinds/files/node-permissions.ts': 'the part of it that knows of owners',
    'src/daemon/announce.ts': 'the file that tells editors port and token',
    'src/daemon/page.ts': 'the built page',
    'src/daemon/port-holder.ts': 'who has the port, by the files of /proc',
    'src/daemon/socket-place.ts': 'the socket of a home',
  },
};

/** Imports go down the layers, each kind keeps to itself, and paths end in `.ts`. */
export function importProblems(file: SourceFile): readonly string[] {
  const problems: string[] = [];
  const [, layer = '', room] = file.path.split('/');
  const isTest = file.path.endsWith('.test.ts');
  const allowed = LAYERS[layer];
  if (file.path.startsWith('src/') && allowed === undefined) {
    return [`${file.path}: src/${layer}/ is in no layer; give it a line in LAYERS`];
  }
  for (const { specifier, path, line, isType } of importsOf(file)) {
    const where = `${file.path}:${line}`;
    if (path === undefined) continue;
    if (!/\.(tsx?|js|json|css)$/.test(specifier)) {
      problems.push(`${where}: '${specifier}' lacks its ending; write '${specifier}.ts'`);
    }
    if (!file.path.startsWith('src/') || isTest || allowed === undefined) continue;
    const target = path.replace(/^src\//, '');
    const own = layer === 'kinds' ? `kinds/${room}/` : `${layer}/`;
    const places = [own, ...allowed].flatMap((place) => {
      if (!place.startsWith('type ')) return place;
      return isType ? place.slice('type '.length) : [];
    });
    if (!path.startsWith('src/') || !places.some((place) => target.startsWith(place))) {
      const may = allowed.length === 0 ? 'nothing else' : allowed.join(', ');
      problems.push(
        `${where}: ${own} must not import ${path}; it may import ${may}: move what both need down, or pass it in`,
      );
    }
  }
  return problems;
}

/** Real time, chance and disk are reached only in the places named above. */
export function portProblems(file: SourceFile): readonly string[] {
  if (!file.path.startsWith('src/') || file.path.endsWith('.test.ts')) return [];
  const code = codeOf(file.text);
  const problems = PORTS.filter((port) => !isAllowed(port, file)).flatMap((port) =>
    [...code.matchAll(port.pattern)].map(
      ({ 0: found, index }) =>
        `${file.path}:${lineAt(code, index)}: ${found} is ${port.what}; ${port.instead}`,
    ),
  );
  if (isAllowed(FILE_SYSTEM, file)) return problems;
  const imports = importsOf(file).filter(({ specifier }) => FILE_SYSTEM.pattern.test(specifier));
  return [
    ...problems,
    ...imports.map(
      ({ specifier, line }) =>
        `${file.path}:${line}: ${specifier} is ${FILE_SYSTEM.what}; ${FILE_SYSTEM.instead}`,
    ),
  ];
}

function isAllowed({ allowed }: Port, { path }: SourceFile): boolean {
  return Object.keys(allowed).some((place) =>
    place.endsWith('/') ? path.startsWith(place) : path === place,
  );
}

/** A file that may use a port and no longer does would let the next one in unseen. */
export function staleAllowances(files: readonly SourceFile[]): readonly string[] {
  return [...PORTS, FILE_SYSTEM].flatMap(({ what, pattern, allowed }) =>
    Object.keys(allowed)
      .filter((place) => !place.endsWith('/'))
      .filter((place) => {
        const file = files.find(({ path }) => path === place);
        if (file === undefined) return true;
        const names = importsOf(file).map(({ specifier }) => specifier);
        return !`${codeOf(file.text)}`.match(pattern) && !names.some((name) => name.match(pattern));
      })
      .map((place) => `${place}: does not use ${what}; take it out of the list`),
  );
}

const MAX_FILE_LINES = 400;

interface TextRule {
  readonly pattern: RegExp;
  readonly problem: string;
}

/** Looked for in code, without comments and strings. */
const CODE_RULES: readonly TextRule[] = [
  { pattern: /^export default\b/gm, problem: 'a default export; export it by its name' },
  { pattern: /^export \* from\b/gm, problem: 'a barrel; import from where things are' },
  { pattern: /(?:\bas|[:<,|&(])\s*any\b(?!\s*[:(.])/g, problem: 'any; use unknown and narrow it' },
];

/** Looked for in the whole text. The patterns are spelled so that they do not find themselves. */
const TEXT_RULES: readonly TextRule[] = [
  {
    pattern: /\b(?:TO[D]O|FIX[M]E|X[X]X)\b/g,
    problem: 'a note to oneself; do it, or leave it out and say so in the docs',
  },
  {
    pattern: /@ts-(?:ignore|nocheck|expect-error)\b/g,
    problem: 'a switched-off type check; make the types right',
  },
];

/** One idea a file, and nothing that the type checker or a reader has to take on trust. */
export function sourceProblems(file: SourceFile): readonly string[] {
  const problems: string[] = [];
  const lines = file.text.split('\n').length - 1;
  if (lines > MAX_FILE_LINES) {
    problems.push(`${file.path}: ${lines} lines, ${MAX_FILE_LINES} is the most; split it by idea`);
  }
  const code = codeOf(file.text);
  for (const [text, rules] of [
    [code, CODE_RULES],
    [file.text, TEXT_RULES],
  ] as const) {
    for (const { pattern, problem } of rules) {
      for (const { index } of text.matchAll(pattern)) {
        problems.push(`${file.path}:${lineAt(text, index)}: ${problem}`);
      }
    }
  }
  if (isBarrel(code)) problems.push(`${file.path}: only re-exports; import from where things are`);
  return problems;
}

function isBarrel(code: string): boolean {
  const statements = code.split(';').map((statement) => statement.trim());
  const real = statements.filter((statement) => statement !== '');
  return real.length > 0 && real.every((statement) => /^export\b[^=()]*\bfrom$/.test(statement));
}

/** Every chain of imports that comes back to its start, as one line each. */
export function cycleProblems(files: readonly SourceFile[]): readonly string[] {
  const graph = importGraph(files);
  const done = new Set<string>();
  const problems: string[] = [];
  function visit(path: string, trail: readonly string[]): void {
    const start = trail.indexOf(path);
    if (start >= 0) {
      const cycle = [...trail.slice(start), path].join(' → ');
      problems.push(`${cycle}: a cycle of imports; move what both need into a file of its own`);
    }
    if (start >= 0 || done.has(path)) return;
    for (const target of graph.get(path) ?? []) visit(target, [...trail, path]);
    done.add(path);
  }
  for (const path of graph.keys()) visit(path, []);
  return problems;
}

/** The files that no entrance reaches by imports. */
export function unreached(
  files: readonly SourceFile[],
  isEntrance: (path: string) => boolean,
): readonly string[] {
  const graph = importGraph(files);
  const reached = new Set<string>();
  const queue = [...graph.keys()].filter(isEntrance);
  for (let path = queue.pop(); path !== undefined; path = queue.pop()) {
    if (reached.has(path)) continue;
    reached.add(path);
    queue.push(...(graph.get(path) ?? []));
  }
  return [...graph.keys()].filter((path) => !reached.has(path));
}

function importGraph(files: readonly SourceFile[]): ReadonlyMap<string, readonly string[]> {
  return new Map(
    files.map((file) => [file.path, importsOf(file).flatMap(({ path }) => path ?? [])]),
  );
}

/**
 * The project stands by itself: nothing in it names a place that only one machine has. The parts
 * are joined here so that the pattern does not find itself.
 */
const OUTSIDE = new RegExp(
  [
    `(?<![\\w.~-])/(?:${['wo', 'rk'].join('')}|root|builds?|workspaces?)/`,
    `\\.\\./${['sha', 'red'].join('')}\\b`,
    '(?:npm|registry|mirror|artifactory|nexus)\\.[a-z0-9-]+\\.(?:internal|local|corp|lan)\\b',
  ].join('|'),
  'g',
);

export function outsideProblems(file: SourceFile): readonly string[] {
  return [...file.text.matchAll(OUTSIDE)].map(
    ({ 0: found, index }) =>
      `${file.path}:${lineAt(file.text, index)}: "${found}" is a place on somebody's machine; use a path inside the repository`,
  );
}

const DECISION_HEADINGS = ['Goals', 'Non-goals', 'Decision', 'Rejected'] as const;

/** A decision record says what it wants, what it does not, what was chosen, and over what. */
export function decisionProblems(file: SourceFile): readonly string[] {
  return DECISION_HEADINGS.filter((heading) => !file.text.includes(`\n## ${heading}\n`)).map(
    (heading) => `${file.path}: the heading "## ${heading}" is missing`,
  );
}
