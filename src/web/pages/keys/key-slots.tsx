/** The passphrases and recovery keys that there are. */
import { KeyRound, LifeBuoy, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { useAnswer } from '../../api/queries.ts';
import { useAct } from '../../frame/use-act.ts';
import { PresentPassphrase } from '../../secrets/passphrase-fields.tsx';
import { Badge } from '../../ui/badge.tsx';
import { IconButton } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Form } from '../../ui/form.tsx';
import { Moment } from '../../ui/moment.tsx';
import { RowSign, Rows, RowText } from '../../ui/rows.tsx';
import { Failed, Loading } from '../../ui/states.tsx';
import styles from './key-slots.module.css';
import { isRemovable, type Slot, slotTitle } from './key-words.ts';

export function KeySlots() {
  const { data: slots, error, refetch } = useAnswer('keys', {});
  const [removing, setRemoving] = useState<Slot>();
  if (error !== null) return <Failed error={error} onRetry={() => void refetch()} />;
  if (slots === undefined) return <Loading />;
  return (
    <>
      <Rows>
        {slots.map((slot) => (
          <li key={slot.id} className={styles.row}>
            <SlotRow
              slot={slot}
              onRemove={isRemovable(slot, slots) ? () => setRemoving(slot) : undefined}
            />
          </li>
        ))}
      </Rows>
      <Dialog
        title={removing === undefined ? '' : `Remove ${slotTitle(removing)}`}
        isOpen={removing !== undefined}
        onOpenChange={() => setRemoving(undefined)}
      >
        {removing !== undefined && (
          <RemoveSlot slot={removing} onDone={() => setRemoving(undefined)} />
        )}
      </Dialog>
    </>
  );
}

interface SlotRowProps {
  readonly slot: Slot;
  readonly onRemove: (() => void) | undefined;
}

function SlotRow({ slot, onRemove }: SlotRowProps) {
  const { id, kind, createdAt, opens } = slot;
  const icon = kind === 'recovery' ? LifeBuoy : KeyRound;
  return (
    <>
      <RowSign icon={icon} />
      <RowText>
        <h3 title={`Its id is ${id}`}>{slotTitle(slot)}</h3>
        {createdAt !== null && (
          <p className={styles.made}>
            Made <Moment time={createdAt} />
          </p>
        )}
        {opens === 'older' && <Badge tone="warn" words="Opens only what is older" />}
      </RowText>
      {onRemove && (
        <IconButton icon={Trash2} label={`Remove ${slotTitle(slot)}`} onClick={onRemove} />
      )}
    </>
  );
}

interface RemoveSlotProps {
  readonly slot: Slot;
  readonly onDone: () => void;
}

function RemoveSlot({ slot, onDone }: RemoveSlotProps) {
  const { act, isBusy, error } = useAct('removeKey', { isForm: true });
  const [present, setPresent] = useState('');
  const words = (): string => `${slotTitle(slot)} is removed: it opens nothing any more`;
  return (
    <Form
      submit="Remove"
      look="danger"
      isBusy={isBusy}
      error={error}
      onSubmit={() => act({ id: slot.id, present }, { words, onDone })}
      onCancel={onDone}
    >
      <p>
        Whoever had it, and the key of the repository with it, still has that key. After a theft,
        report the device as lost instead.
      </p>
      <PresentPassphrase value={present} onChange={setPresent} />
    </Form>
  );
}
