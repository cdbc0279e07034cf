/** The project's own files as text, for the tests that read them. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';

export const ROOT = join(import.meta.dirname, '../..');

export interface SourceFile {
  /** From the root of the repository, with `/`. */
  readonly path: string;
  readonly text: string;
}

export interface Import {
  /** As written: `./x.ts`, `node:fs`, a package. */
  readonly specifier: string;
  /** From the root of the repository; undefined for packages and Node's modules. */
  readonly path: string | undefined;
  readonly line: number;
  /** True for `import type`, of which nothing is left when it runs. */
  readonly isType: boolean;
}

/** Every text file of the repository, kept or about to be kept by git, generated ones left out. */
export function repositoryFiles(): readonly SourceFile[] {
  const list = execFileSync('git', ['ls-files', '-z', '-co', '--exclude-standard'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  return list
    .split('\0')
    .filter((path) => path !== '' && path !== 'package-lock.json' && existsSync(join(ROOT, path)))
    .map((path) => ({ path, text: readFileSync(join(ROOT, path), 'utf8') }))
    .filter(({ text }) => !text.includes('\0'));
}

/** What a module imports or re-exports, types and dynamic imports included. */
export function importsOf(file: SourceFile): readonly Import[] {
  // The formatter leaves one shape of each: statements start a line and quotes are single.
  const statement =
    /^(?:import|export)\b(?:[^;'`]*?\bfrom)?\s*'([^']+)';|\bimport\(\s*'([^']+)'\s*\)/gm;
  return [...file.text.matchAll(statement)].map((match) => {
    const specifier = match[1] ?? match[2] ?? '';
    return {
      specifier,
      path: specifier.startsWith('.') ? posix.join(posix.dirname(file.path), specifier) : undefined,
      line: lineAt(file.text, match.index),
      isType: match[0].startsWith('import type'),
    };
  });
}

/** The number of the line, from 1, in which a position lies. */
export function lineAt(text: string, index: number): number {
  return text.slice(0, index).split('\n').length;
}

/**
 * The text with comments, strings and regular expressions blanked, so that a pattern finds only
 * code. Positions and lines stay. Code inside `${…}` of a template stays too.
 */
export function codeOf(text: string): string {
  const blank = (part: string) => part.replace(/[^\n]/g, ' ');
  const token =
    /\/\/[^\n]*|\/\*[\s\S]*?\*\/|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|(?<=[=(,:?[!&|{};\n>]\s*|return\s)\/(?![*/])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\[\n])+\/[a-z]*|`|[{}]/g;
  let code = '';
  let end = 0;
  /** For each open template the depth of braces at which its `${` closes. */
  const templates: number[] = [];
  let depth = 0;
  for (let match = token.exec(text); match !== null; match = token.exec(text)) {
    code += text.slice(end, match.index);
    let part = match[0];
    if (part === '{') depth += 1;
    if (part === '}') depth -= 1;
    if (part === '`' || (part === '}' && templates.at(-1) === depth)) {
      if (part === '}') templates.pop();
      const rest = /^(?:\\[\s\S]|\$(?!\{)|[^`\\$])*(`|\$\{|$)/.exec(text.slice(token.lastIndex));
      part += rest?.[0] ?? '';
      if (rest?.[1] === '${') {
        templates.push(depth);
        depth += 1;
      }
    }
    code += /^[{}]$/.test(part) ? part : blank(part);
    end = match.index + part.length;
    token.lastIndex = end;
  }
  return code + text.slice(end);
}
