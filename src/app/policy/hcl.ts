/** Text in Terraform's language (HCL), laid out as `terraform fmt` does. Pure. */

/** What `jsonencode` takes. */
export type Data = string | number | boolean | readonly Data[] | { readonly [name: string]: Data };

/** An argument of a block, or an entry of an object: its name, and the lines of its value. */
export type Argument = readonly [name: string, value: readonly string[]];

/** A block: `head { … }`. */
export function block(head: string, body: readonly string[]): readonly string[] {
  return [`${head} {`, ...indented(body), '}'];
}

/** Arguments with their equals signs in line, as far as each stands on one line. */
export function args(given: readonly Argument[]): readonly string[] {
  const lines: string[] = [];
  let run: Argument[] = [];
  const endRun = (): void => {
    const width = Math.max(...run.map(([name]) => name.length));
    for (const [name, [value = '']] of run) lines.push(`${name.padEnd(width)} = ${value}`);
    run = [];
  };
  for (const argument of given) {
    const [name, [first = '', ...more]] = argument;
    if (more.length === 0) run.push(argument);
    else {
      endRun();
      lines.push(`${name} = ${first}`, ...more);
    }
  }
  endRun();
  return lines;
}

/** A call of `jsonencode`, which makes JSON of a value in Terraform's language. */
export function jsonencode(data: Data): readonly string[] {
  const lines = expression(data);
  return lines.map((line, index) => {
    const opened = index === 0 ? `jsonencode(${line}` : line;
    return index === lines.length - 1 ? `${opened})` : opened;
  });
}

/** The lines of a value in Terraform's language. */
export function expression(data: Data): readonly string[] {
  if (typeof data !== 'object') return [typeof data === 'string' ? quoted(data) : String(data)];
  if (isList(data)) {
    if (data.every((item) => typeof item !== 'object')) {
      return [`[${data.flatMap(expression).join(', ')}]`];
    }
    const items = data.map(expression);
    return ['[', ...items.flatMap((lines) => indented(withComma(lines))), ']'];
  }
  const entries = Object.entries(data).map(
    ([name, value]): Argument => [
      /^[A-Za-z_][\w-]*$/.test(name) ? name : quoted(name),
      expression(value),
    ],
  );
  return ['{', ...indented(args(entries)), '}'];
}

/** `Array.isArray` does not narrow readonly arrays. */
function isList(data: Data): data is readonly Data[] {
  return Array.isArray(data);
}

function withComma(lines: readonly string[]): readonly string[] {
  return lines.map((line, index) => (index === lines.length - 1 ? `${line},` : line));
}

/** A string literal, in which `${` and `%{` would begin templates. */
function quoted(text: string): string {
  return JSON.stringify(text).replace(/([$%])\{/g, '$1$1{');
}

function indented(lines: readonly string[]): readonly string[] {
  return lines.map((line) => (line === '' ? '' : `  ${line}`));
}
