/** Why a home does nothing just now. */
import { SatchelError } from '../base/errors.ts';

export function notOpen(home: string): SatchelError {
  return new SatchelError('busy', `The home ${home} is not open yet.`, {
    hint: 'Try again in a moment.',
  });
}

export function lentOut(home: string): SatchelError {
  return new SatchelError('busy', `Another command of yours works in ${home}.`, {
    hint: 'Try again when it is done.',
  });
}

export function ending(home: string): SatchelError {
  return new SatchelError('busy', `The daemon for ${home} is ending.`, {
    hint: 'Start it again with "satchel up".',
  });
}
