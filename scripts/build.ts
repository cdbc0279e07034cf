/**
 * Bundles the command line into `dist/`: one file that starts in some 40 ms, and chunks for what
 * is imported lazily, such as the AWS SDK. Run it as `node scripts/build.ts`, which builds the page
 * into `dist/web/` as well.
 */
import { globSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { build, type Metafile, type Plugin } from 'esbuild';

const ROOT = join(import.meta.dirname, '..');
const OUTPUT = join(ROOT, 'dist');

/** Packages in CommonJS ask for `require`, which an ES module does not have by itself. */
const REQUIRE_BANNER =
  "import { createRequire as satchelCreateRequire } from 'node:module';" +
  'const require = satchelCreateRequire(import.meta.url);';

/**
 * Importing `node:http` or `node:https` reads each of their exports, and reading one of them loads
 * undici: 20 ms of every command that talks to a server. Asking Node for the module does not.
 */
const WITHOUT_UNDICI: Plugin = {
  name: 'without-undici',
  setup(bundler) {
    const namespace = 'built-in';
    bundler.onResolve({ filter: /^(node:)?https?$/ }, ({ path }) => ({ path, namespace }));
    bundler.onLoad({ filter: /./, namespace }, ({ path }) => ({
      contents: `module.exports = process.getBuiltinModule(${JSON.stringify(path)});`,
    }));
  },
};

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
}

/** Builds `dist/`. Throws with esbuild's message when the sources do not bundle. */
export async function buildBundle(): Promise<void> {
  const { metafile } = await build({
    absWorkingDir: ROOT,
    entryPoints: { satchel: 'src/cli/main.ts' },
    outdir: OUTPUT,
    chunkNames: 'chunks/[name]-[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    // ES modules where a package has them: of those, what is not used is left out.
    mainFields: ['module', 'main'],
    plugins: [WITHOUT_UNDICI],
    // Optional, and a binary for each system: it is looked up where the keychain is used.
    external: ['@napi-rs/keyring'],
    banner: { js: REQUIRE_BANNER },
    define: { SATCHEL_VERSION: JSON.stringify(readManifest(ROOT).version) },
    // Names stay, so that a stack trace in a bug report can be read.
    minifySyntax: true,
    minifyWhitespace: true,
    keepNames: true,
    legalComments: 'none',
    metafile: true,
    logLevel: 'warning',
  });
  writeFileSync(join(OUTPUT, 'THIRD-PARTY-LICENSES.txt'), licenceTexts(metafile));
  removeStale(metafile);
}

/** Removes what an earlier build left; only afterwards, so that `dist/` can always be run. */
function removeStale(metafile: Metafile): void {
  const current = new Set(Object.keys(metafile.outputs).map((path) => join(ROOT, path)));
  for (const path of globSync('**/*.js', { cwd: OUTPUT, exclude: ['web/**'] })) {
    if (!current.has(join(OUTPUT, path))) rmSync(join(OUTPUT, path));
  }
}

function licenceTexts(metafile: Metafile): string {
  const folders = bundledPackages(metafile);
  const texts = folders.map((folder) => {
    const { name, version, license } = readManifest(folder);
    const title = `${name} ${version} (${license ?? 'licence in its text'})`;
    return `${title}\n${'-'.repeat(title.length)}\n\n${licenceText(folder)}\n`;
  });
  return `Satchel's bundle contains these packages.\n\n${texts.join('\n\n')}`;
}

/** The folders of the packages of which code went into the bundle, sorted. */
function bundledPackages(metafile: Metafile): readonly string[] {
  const folders = new Set<string>();
  for (const output of Object.values(metafile.outputs)) {
    for (const [path, { bytesInOutput }] of Object.entries(output.inputs)) {
      const folder = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0];
      if (folder !== undefined && bytesInOutput > 0) folders.add(join(ROOT, folder));
    }
  }
  return [...folders].sort();
}

function licenceText(folder: string): string {
  const names = globSync('{LICENSE,LICENCE,COPYING,NOTICE,license,licence}*', { cwd: folder });
  const texts = names.sort().map((name) => readFileSync(join(folder, name), 'utf8').trim());
  if (texts.length > 0) return texts.join('\n\n');
  const { name, license } = readManifest(folder);
  if (license === undefined) {
    throw new Error(`${relative(ROOT, folder)} has no licence: ${name} cannot be bundled`);
  }
  return `The package carries no text of its own; it names the licence ${license}.`;
}

function readManifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
}

if (import.meta.main) {
  // Loaded only here: tests build the program alone, and Vite takes a while to load.
  const { buildWeb } = await import('./build-web.ts');
  await Promise.all([buildBundle(), buildWeb()]);
}
