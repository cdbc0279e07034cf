/** The devices of the repository: this one first, then those at work, then those that are no more. */
import { Laptop, Link2 } from 'lucide-react';
import { useState } from 'react';
import { useAnswer } from '../../api/queries.ts';
import { useToldOnce } from '../../api/told-once.ts';
import { PageHeader } from '../../frame/page-header.tsx';
import { useToast } from '../../frame/toasts.tsx';
import { ButtonLink } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Rows } from '../../ui/rows.tsx';
import { Empty, Failed, Loading } from '../../ui/states.tsx';
import { AfterLoss } from './after-loss.tsx';
import { DeviceRow } from './device-row.tsx';
import { type Device, type Removed, removedWords, sortDevices } from './device-words.ts';
import styles from './devices-page.module.css';
import { RemoveDevice } from './remove-device.tsx';
import { RenameDevice } from './rename-device.tsx';

/** What is being done to a device. */
interface Doing {
  readonly what: 'rename' | 'remove';
  readonly device: Device;
}

export function DevicesPage() {
  const { data: devices, error, refetch } = useAnswer('devices', {});
  const toast = useToast();
  const [doing, setDoing] = useState<Doing>();
  const [lost, setLost] = useToldOnce<Removed>('lost');
  const close = (): void => setDoing(undefined);
  const removed = (answer: Removed): void => {
    close();
    if (answer.lost) setLost(answer);
    else toast({ words: removedWords(answer) });
  };
  return (
    <>
      <PageHeader
        title="Devices"
        actions={
          <ButtonLink href="/link" look="main" icon={Link2}>
            Link a device
          </ButtonLink>
        }
      />
      <div className={styles.parts}>
        {lost !== undefined && <AfterLoss removed={lost} onDone={() => setLost(undefined)} />}
        {error !== null ? (
          <Failed error={error} onRetry={() => void refetch()} />
        ) : devices === undefined ? (
          <Loading />
        ) : (
          <Lists devices={devices} onDo={setDoing} />
        )}
      </div>
      <Dialog
        title={doing?.what === 'remove' ? `Remove ${doing.device.name}` : 'Rename this device'}
        isOpen={doing !== undefined}
        onOpenChange={close}
      >
        {doing?.what === 'rename' && <RenameDevice device={doing.device} onDone={close} />}
        {doing?.what === 'remove' && (
          <RemoveDevice device={doing.device} onDone={removed} onCancel={close} />
        )}
      </Dialog>
    </>
  );
}

interface ListsProps {
  readonly devices: readonly Device[];
  readonly onDo: (doing: Doing) => void;
}

function Lists({ devices, onDo }: ListsProps) {
  const { here, gone } = sortDevices(devices);
  return (
    <>
      <Card title="At work">
        <DeviceList devices={here} onDo={onDo} />
        {devices.length === 1 && (
          <Empty icon={Laptop} title="No other device yet">
            <p>Install Satchel on another computer, and let it in by a link from here.</p>
          </Empty>
        )}
      </Card>
      {gone.length > 0 && (
        <Card title="No more">
          <DeviceList devices={gone} onDo={onDo} />
        </Card>
      )}
    </>
  );
}

function DeviceList({ devices, onDo }: ListsProps) {
  return (
    <Rows>
      {devices.map((device) => (
        <DeviceRow
          key={device.id}
          device={device}
          onRename={() => onDo({ what: 'rename', device })}
          onRemove={() => onDo({ what: 'remove', device })}
        />
      ))}
    </Rows>
  );
}
