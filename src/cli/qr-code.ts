/** QR codes (ISO/IEC 18004) made of characters, two rows of modules in a line. Pure. */
import { renderUnicodeCompact } from 'uqr';

/** Modules of quiet around the code: four by the standard; cameras do with two, and room is scarce. */
const BORDER_MODULES = 2;

/** Lines of equal width in which the light modules are drawn: for white on black. */
export function qrCodeLines(text: string): readonly string[] {
  return renderUnicodeCompact(text, { ecc: 'L', border: BORDER_MODULES }).split('\n');
}
