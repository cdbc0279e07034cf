/** The answers of the fake S3 as data: a status, headers, a body, and the documents of errors. */

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

const XML = '<?xml version="1.0" encoding="UTF-8"?>';
const NAMESPACE = 'http://s3.amazonaws.com/doc/2006-03-01/';

/** An answer that has nothing to say but its headers. */
export function bare(status: number, headers: Reply['headers'] = {}): Reply {
  return { status, headers, body: new Uint8Array(0) };
}

/** An XML document whose root is in the namespace of S3. */
export function document(root: string, content: string): Reply {
  return xml(200, `<${root} xmlns="${NAMESPACE}">${content}</${root}>`);
}

/**
 * An error document (S3 API reference, "Error responses").
 * @param more further elements, such as `Region`.
 */
export function failure(
  status: number,
  code: string,
  message: string,
  more = '',
  headers: Reply['headers'] = {},
): Reply {
  const said = `<Code>${code}</Code><Message>${escaped(message)}</Message>${more}`;
  const reply = xml(status, `<Error>${said}<RequestId>test-request</RequestId></Error>`);
  return { ...reply, headers: { ...reply.headers, ...headers } };
}

export function element(name: string, content: string | number | boolean): string {
  return `<${name}>${escaped(String(content))}</${name}>`;
}

/** Characters that XML 1.0 has no place for are written as references all the same, as S3 does. */
function escaped(text: string): string {
  return text.replace(/[&<>"\r\p{Cc}]/gu, (character) => `&#${character.codePointAt(0)};`);
}

function xml(status: number, root: string): Reply {
  const headers = { 'Content-Type': 'application/xml' };
  return { status, headers, body: Buffer.from(`${XML}\n${root}`) };
}
