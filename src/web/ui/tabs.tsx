/** Views of which one is shown. */
import { Tabs as Radix } from 'radix-ui';
import { type ReactNode, useState } from 'react';
import styles from './tabs.module.css';

interface TabsProps {
  /** What the views have in common, for those who do not see them. */
  readonly label: string;
  readonly tabs: readonly {
    readonly id: string;
    readonly title: string;
    readonly content: ReactNode;
  }[];
}

export function Tabs({ label, tabs }: TabsProps) {
  const [chosen, setChosen] = useState<string>();
  // What a view is about may go, and the view with it.
  const shown = tabs.find(({ id }) => id === chosen) ?? tabs[0];
  return (
    <Radix.Root value={shown?.id ?? ''} onValueChange={setChosen}>
      <Radix.List className={styles.list} aria-label={label}>
        {tabs.map(({ id, title }) => (
          <Radix.Trigger key={id} value={id} className={styles.tab} title={title}>
            {title}
          </Radix.Trigger>
        ))}
      </Radix.List>
      {tabs.map(({ id, content }) => (
        <Radix.Content key={id} value={id} className={styles.content}>
          {content}
        </Radix.Content>
      ))}
    </Radix.Root>
  );
}
