/** A word with the colour and the sign of how grave it is: never the colour alone. */
import type { LucideIcon } from 'lucide-react';
import { CircleAlert, CircleCheck, CirclePause, RefreshCw, TriangleAlert } from 'lucide-react';
import type { CollectionState } from '../../api/status.ts';
import { STATE_WORDS, type Tone } from '../words.ts';
import styles from './badge.module.css';
import { classes } from './classes.ts';

const SIGNS: Readonly<Record<Tone, LucideIcon>> = {
  ok: CircleCheck,
  busy: RefreshCw,
  idle: CirclePause,
  warn: TriangleAlert,
  bad: CircleAlert,
};

interface BadgeProps {
  readonly tone: Tone;
  readonly words: string;
}

export function Badge({ tone, words }: BadgeProps) {
  const Icon = SIGNS[tone];
  return (
    <span className={classes(styles.badge, styles[tone])}>
      <Icon className={styles.sign} aria-hidden />
      {words}
    </span>
  );
}

export function StateBadge({ state }: { readonly state: CollectionState }) {
  return <Badge {...STATE_WORDS[state]} />;
}

/** The sign alone, before words that say the same. */
export function Sign({ tone }: { readonly tone: Tone }) {
  const Icon = SIGNS[tone];
  return <Icon className={classes(styles.alone, styles[`${tone}Sign`])} aria-hidden />;
}
