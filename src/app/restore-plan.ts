/** What it takes to make a folder as it was. Pure. */
import { compareText, type TreeNode } from './tree-nodes.ts';

/** `back`: it was gone. `gone`: it was not there then. */
export type RestoreStep =
  | {
      readonly kind: 'back' | 'content' | 'moved';
      readonly then: TreeNode;
      readonly now?: TreeNode;
    }
  | { readonly kind: 'gone'; readonly now: TreeNode };

export interface RestoreScope {
  /** A file, or a folder with all in it; empty for everything. */
  readonly path: string;
  /**
   * True to make it exactly as it was: what came into the folder since goes. False to bring back
   * what was there, beside what has come.
   */
  readonly exact: boolean;
}

/**
 * The steps from what is there now to what was there then, by path. What was in the folder and is
 * elsewhere now comes back to it: it is the same file.
 * @param then and `now`: the records at the two moments, each once.
 */
export function planRestore(
  then: readonly TreeNode[],
  now: readonly TreeNode[],
  { path, exact }: RestoreScope,
): RestoreStep[] {
  const isWithin = (node: TreeNode): boolean => isAtOrBelow(node, path);
  const presentNow = byRecord(now);
  const presentThen = byRecord(then);
  const steps: RestoreStep[] = [];
  for (const wanted of presentThen.values()) {
    const present = presentNow.get(wanted.record);
    const isMovedIn = exact && present !== undefined && isWithin(present);
    if (isWithin(wanted) || isMovedIn) steps.push(...stepsFor(wanted, present));
  }
  for (const present of exact ? presentNow.values() : []) {
    if (isWithin(present) && !presentThen.has(present.record)) {
      steps.push({ kind: 'gone', now: present });
    }
  }
  return steps.sort((a, b) => compareText(pathOf(a), pathOf(b)));
}

/** @param path of a file or a folder; everything is below the empty one. */
export function isAtOrBelow(node: TreeNode, path: string): boolean {
  return path === '' || node.path === path || node.path.startsWith(`${path}/`);
}

function byRecord(nodes: readonly TreeNode[]): ReadonlyMap<string, TreeNode> {
  return new Map(nodes.filter(({ isGone }) => !isGone).map((node) => [node.record, node]));
}

function stepsFor(then: TreeNode, now: TreeNode | undefined): readonly RestoreStep[] {
  if (now === undefined) return [{ kind: 'back', then }];
  if (now.hash !== then.hash) return [{ kind: 'content', then, now }];
  return now.path === then.path ? [] : [{ kind: 'moved', then, now }];
}

function pathOf(step: RestoreStep): string {
  return step.kind === 'gone' ? step.now.path : step.then.path;
}
