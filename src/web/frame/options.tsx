/** What concerns the page itself: its theme, and the list of keys. */
import { Keyboard, Settings2 } from 'lucide-react';
import { useDaemon } from '../api/home.ts';
import { IconButton } from '../ui/button.tsx';
import { Menu, MenuChoice, MenuItem, MenuNote } from '../ui/menu.tsx';
import { THEMES, useTheme } from './theme.ts';

interface OptionsProps {
  readonly onHelp: () => void;
}

export function Options({ onHelp }: OptionsProps) {
  const { version } = useDaemon();
  const [theme, chooseTheme] = useTheme();
  return (
    <Menu trigger={<IconButton icon={Settings2} label="Options of this page" />}>
      <MenuChoice label="Theme" value={theme} choices={THEMES} onChoose={chooseTheme} />
      <MenuItem icon={Keyboard} onSelect={onHelp}>
        Keyboard
      </MenuItem>
      <MenuNote>Satchel {version}</MenuNote>
    </Menu>
  );
}
