/** Routes as hooks: answers that are kept and renewed, and actions that make them old. */
import {
  type UseMutationResult,
  useMutation,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query';
import { type Answer, callRoute, type Input, type RouteName } from './client.ts';
import { isFailure } from './failure.ts';
import { useHomeId } from './home.ts';

/** How an answer is found again: by its route, the home and what was asked. */
export function keyOf(name: RouteName, home?: string, input?: unknown): readonly unknown[] {
  return [name, ...(home === undefined ? [] : [home, ...(input === undefined ? [] : [input])])];
}

interface AnswerOptions {
  /** False while nobody wants to know yet. */
  readonly isWanted?: boolean;
  /** True where the last answer is shown until another one is there, though something else is asked. */
  readonly keepsPrevious?: boolean;
}

/** What is known of an answer. Without data and error it is on its way, or not wanted yet. */
export interface Known<Data> {
  readonly data: Data | undefined;
  readonly error: Error | null;
  readonly refetch: () => unknown;
  /** True while it is asked for, also once more. */
  readonly isFetching: boolean;
}

/** The answer of a route of the home that is shown, or of the daemon where there is none yet. */
export function useAnswer<Name extends RouteName>(
  name: Name,
  input: Input<Name>,
  options: AnswerOptions = {},
): Known<Answer<Name>> {
  const home = useHomeId();
  const { isWanted = true, keepsPrevious = false } = options;
  const { data, error, refetch, isFetching } = useQuery<Answer<Name>>({
    queryKey: keyOf(name, home, input),
    queryFn: ({ signal }) => callRoute(name, input, { home, signal }),
    enabled: isWanted,
    ...(keepsPrevious ? { placeholderData: (before) => before } : {}),
  });
  return { data, error: toldError(data, error), refetch, isFetching };
}

/** What is there stays in sight while the daemon is away: the frame says that it is. */
export function toldError(data: unknown, error: Error | null): Error | null {
  return data !== undefined && isFailure(error, 'stopped') ? null : error;
}

/**
 * A route that changes something. What the page holds of the home is asked for again after it.
 * @param onDone is told the answer as soon as it is there, even where what asked for it is no longer
 *   shown: a key that is told once would be lost with a dialog that was closed too soon.
 */
export function useAction<Name extends RouteName>(
  name: Name,
  onDone?: (answer: Answer<Name>) => void,
): UseMutationResult<Answer<Name>, Error, Input<Name>> {
  const home = useHomeId();
  const client = useQueryClient();
  return useMutation({
    mutationFn: (input: Input<Name>) => callRoute(name, input, { home }),
    onSuccess: (answer) => onDone?.(answer),
    onSettled: () => client.invalidateQueries(),
  });
}
