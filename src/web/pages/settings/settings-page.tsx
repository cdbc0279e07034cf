/** Settings of this device and of each collection. Each takes effect at once, and can be taken back. */
import { Download } from 'lucide-react';
import type { Answer } from '../../api/client.ts';
import { useHome } from '../../api/home.ts';
import { useAnswer } from '../../api/queries.ts';
import { PageHeader } from '../../frame/page-header.tsx';
import { useAct } from '../../frame/use-act.ts';
import { Button } from '../../ui/button.tsx';
import { saveText } from '../../ui/save-text.ts';
import { Tabs } from '../../ui/tabs.tsx';
import { IgnoreRules } from './ignore-rules.tsx';
import { SettingCards } from './setting-cards.tsx';
import { COLLECTION_GROUPS, DEVICE_GROUPS } from './setting-words.ts';
import styles from './settings-page.module.css';
import { StartCard } from './start-card.tsx';

export function SettingsPage() {
  const { collections } = useHome();
  return (
    <>
      <PageHeader title="Settings" actions={<Export />} />
      <Tabs
        label="Settings of"
        tabs={[
          { id: 'device', title: 'This device', content: <DeviceSettings /> },
          ...collections.map(({ id, name }) => ({
            id,
            title: name,
            content: <CollectionSettings id={id} name={name} />,
          })),
        ]}
      />
    </>
  );
}

function DeviceSettings() {
  return (
    <div className={styles.parts}>
      <SettingCards settings={useAnswer('settings', {})} groups={DEVICE_GROUPS} />
      <StartCard />
    </div>
  );
}

function CollectionSettings({ id, name }: { readonly id: string; readonly name: string }) {
  return (
    <div className={styles.parts}>
      <SettingCards
        settings={useAnswer('settings', { collection: id })}
        groups={COLLECTION_GROUPS}
        collection={id}
      />
      <IgnoreRules collection={id} name={name} />
    </div>
  );
}

/** Without secrets, for another computer or as a copy: `satchel settings --file` takes it. */
function Export() {
  const { act, isBusy } = useAct('exportSettings');
  const save = ({ fileName, text }: Answer<'exportSettings'>): string => {
    saveText(fileName, text);
    return `${fileName} is saved: it holds no secrets`;
  };
  return (
    <Button icon={Download} isBusy={isBusy} onClick={() => act({}, { words: save })}>
      Export
    </Button>
  );
}
