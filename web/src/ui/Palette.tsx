import { Command, useCommandState } from 'cmdk'
import { useTranslation } from 'react-i18next'
import css from './Palette.module.css'

export interface PaletteCommand {
  key: string
  label: string
  /** Further words that find it: the name in the other language, pinyin initials. */
  keywords?: string[]
  hint?: string
  run: () => void
}

interface PaletteProps {
  commands: PaletteCommand[]
  /** Looks for orders by what was typed: the first entry whenever something is typed. */
  onSearch: (text: string) => void
  onClose: () => void
}

/** The command palette: go anywhere, or look for an order, from the keyboard. */
export default function Palette({ commands, onSearch, onClose }: PaletteProps) {
  const { t } = useTranslation()
  return (
    <Command.Dialog
      open
      label={t('shell.palette')}
      overlayClassName={css.overlay}
      contentClassName={css.content}
      onOpenChange={(open) => {
        if (!open) onClose()
      }}
    >
      <Inner commands={commands} onSearch={onSearch} onClose={onClose} />
    </Command.Dialog>
  )
}

function Inner({ commands, onSearch, onClose }: PaletteProps) {
  const { t } = useTranslation()
  return (
    <>
      <Command.Input className={css.input} placeholder={t('shell.search_placeholder')} />
      <Command.List className={css.list}>
        <Command.Empty className={css.empty}>{t('shell.palette_empty')}</Command.Empty>
        <SearchEntry
          onPick={(text) => {
            onClose()
            onSearch(text)
          }}
        />
        {commands.map((c) => (
          <Command.Item
            key={c.key}
            value={c.label}
            keywords={c.keywords}
            className={css.entry}
            onSelect={() => {
              onClose()
              c.run()
            }}
          >
            {c.label}
            {c.hint ? <kbd>{c.hint}</kbd> : null}
          </Command.Item>
        ))}
      </Command.List>
    </>
  )
}

function SearchEntry({ onPick }: { onPick: (text: string) => void }) {
  const { t } = useTranslation()
  const text = useCommandState((state) => state.search).trim()
  if (text === '') return null
  return (
    <Command.Item value={`search ${text}`} keywords={[text]} forceMount className={css.entry} onSelect={() => onPick(text)}>
      {t('shell.search_orders_for', { text })}
    </Command.Item>
  )
}
