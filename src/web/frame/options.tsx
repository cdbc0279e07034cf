/** What concerns the page itself: its theme, and its keys. */
import { Keyboard, Settings2 } from 'lucide-react';
import { useDaemon } from '../api/home.ts';
import { IconButton } from '../ui/button.tsx';
import { Menu, MenuCheck, MenuChoice, MenuItem, MenuNote } from '../ui/menu.tsx';
import { useSingleKeys } from './single-keys.ts';
import { THEMES, useTheme } from './theme.ts';

interface OptionsProps {
  readonly onHelp: () => void;
}

export function Options({ onHelp }: OptionsProps) {
  const { version } = useDaemon();
  const [theme, chooseTheme] = useTheme();
  const [areKeysOn, turnKeys] = useSingleKeys();
  return (
    <Menu trigger={<IconButton icon={Settings2} label="Options of this page" />}>
      <MenuChoice label="Theme" value={theme} choices={THEMES} onChoose={chooseTheme} />
      <MenuCheck isChecked={areKeysOn} onChange={turnKeys}>
        Single keys
      </MenuCheck>
      <MenuItem icon={Keyboard} onSelect={onHelp}>
        Keyboard
      </MenuItem>
      <MenuNote>Satchel {version}</MenuNote>
    </Menu>
  );
}
