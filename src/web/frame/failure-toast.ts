/** What went wrong, as a message. Pure. */
import { Failure } from '../api/failure.ts';
import { sentence } from '../words.ts';
import type { Toast } from './toasts.tsx';

export function failureToast(error: unknown): Toast {
  const words = sentence(error instanceof Error ? error.message : String(error));
  return { words, hint: error instanceof Failure ? error.hint : undefined, isFailure: true };
}
