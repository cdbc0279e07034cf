/** Buttons, and links that look like them. */
import type { LucideIcon } from 'lucide-react';
import { LoaderCircle } from 'lucide-react';
import type { ComponentProps, ReactNode } from 'react';
import { Link } from 'wouter';
import styles from './button.module.css';
import { classes } from './classes.ts';

export type ButtonLook = 'main' | 'plain' | 'quiet' | 'danger';

interface ButtonProps extends ComponentProps<'button'> {
  readonly look?: ButtonLook;
  readonly icon?: LucideIcon;
  /** True while what it does is under way: it keeps the focus, and does nothing when pressed. */
  readonly isBusy?: boolean;
}

export function Button({
  look = 'plain',
  icon,
  isBusy = false,
  className,
  children,
  onClick,
  ...rest
}: ButtonProps) {
  const Icon = icon && isBusy ? LoaderCircle : icon;
  return (
    <button
      type="button"
      className={classes(classOfButton(look), isBusy && styles.busy, className)}
      aria-disabled={isBusy || undefined}
      onClick={isBusy ? undefined : onClick}
      {...rest}
    >
      {Icon && <Icon className={styles.icon} aria-hidden />}
      {children}
    </button>
  );
}

interface IconButtonProps extends ComponentProps<'button'> {
  readonly icon: LucideIcon;
  /** What it does, for those who do not see the sign; shown as a tip to those who point at it. */
  readonly label: string;
}

/** A button that is only a sign. */
export function IconButton({ icon: Icon, label, className, ...rest }: IconButtonProps) {
  return (
    <button
      type="button"
      className={classes(styles.button, styles.quiet, styles.sign, className)}
      aria-label={label}
      title={label}
      {...rest}
    >
      <Icon className={styles.icon} aria-hidden />
    </button>
  );
}

interface ButtonLinkProps {
  readonly href: string;
  readonly look?: ButtonLook;
  readonly icon?: LucideIcon;
  readonly children: ReactNode;
  readonly 'aria-label'?: string;
}

/** Leads to another page, where a button would do something on this one. */
export function ButtonLink({ look = 'plain', icon: Icon, children, ...rest }: ButtonLinkProps) {
  return (
    <Link className={classOfButton(look)} {...rest}>
      {Icon && <Icon className={styles.icon} aria-hidden />}
      {children}
    </Link>
  );
}

function classOfButton(look: ButtonLook): string | undefined {
  return classes(styles.button, styles[look]);
}
