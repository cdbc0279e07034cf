/** One device: what it is called, what it runs, and when it was heard of. */
import { Ellipsis, Laptop, Pencil, Trash2 } from 'lucide-react';
import { Badge } from '../../ui/badge.tsx';
import { IconButton } from '../../ui/button.tsx';
import { Menu, MenuItem } from '../../ui/menu.tsx';
import { Moment } from '../../ui/moment.tsx';
import { RowSign, RowText } from '../../ui/rows.tsx';
import styles from './device-row.module.css';
import { type Device, standingOf, systemWords } from './device-words.ts';

interface DeviceRowProps {
  readonly device: Device;
  readonly onRename: () => void;
  readonly onRemove: () => void;
}

export function DeviceRow({ device, onRename, onRemove }: DeviceRowProps) {
  const { id, name, self } = device;
  const standing = standingOf(device);
  return (
    <li className={styles.row}>
      <RowSign icon={Laptop} />
      <RowText>
        <h3>{name}</h3>
        <p className={styles.system} title={`Its id is ${id}`}>
          {systemWords(device)}
        </p>
      </RowText>
      <p className={styles.seen}>
        <Seen device={device} />
      </p>
      <div className={styles.standing}>{standing && <Badge {...standing} />}</div>
      {!device.lost && (
        <div className={styles.menu}>
          <Menu trigger={<IconButton icon={Ellipsis} label={`What to do with ${name}`} />}>
            {self ? (
              <MenuItem icon={Pencil} onSelect={onRename}>
                Rename
              </MenuItem>
            ) : (
              <MenuItem icon={Trash2} onSelect={onRemove}>
                {device.retiredAt === null ? 'Remove or report as lost' : 'Report as lost'}
              </MenuItem>
            )}
          </Menu>
        </div>
      )}
    </li>
  );
}

function Seen({ device: { self, lastSeenAt, retiredAt, lost } }: { readonly device: Device }) {
  if (self) return null;
  if (retiredAt !== null) {
    return (
      <>
        {lost ? 'Reported' : 'Removed'} <Moment time={retiredAt} />
      </>
    );
  }
  if (lastSeenAt === null) return 'Never heard of';
  return (
    <>
      Last sent something <Moment time={lastSeenAt} />
    </>
  );
}
