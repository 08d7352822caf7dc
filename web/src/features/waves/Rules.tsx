import { CloseOutlined } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAction } from '@/lib/action'
import { api } from '@/lib/api/client'
import type { SavedView } from '@/lib/api/contract'
import { parseSearch, stringifySearch } from '@/lib/search'
import { Popup } from '@/ui/Popup'
import { TextBox } from '@/ui/TextBox'
import { useToast } from '@/ui/Toast'
import { readWavesSearch, ruleOf, type WavesSearch } from './search'
import css from './waves.module.css'

const PAGE = 'waves'

function textOf(rule: SavedView): string {
  return typeof rule.query.search === 'string' ? rule.query.search : ''
}

/** Choices of waves that were kept under a name: one touch fills the form in. */
export function Rules({ search, onSearch }: { search: WavesSearch; onSearch: (next: WavesSearch) => void }) {
  const { t } = useTranslation()
  const toast = useToast()
  const rules = useQuery({ queryKey: ['saved-views', PAGE], queryFn: ({ signal }) => api.get('/saved-views', { query: { page: PAGE }, signal }).then((l) => l.items), staleTime: 60_000 }).data ?? []
  const now = stringifySearch({ ...ruleOf(search) }).slice(1)
  const remove = useAction({
    run: (id: string, key) => api.delete('/saved-views/{id}', { path: { id }, key }),
    invalidates: [['saved-views']],
    onError: toast.bad,
  })
  if (rules.length === 0 && now === '') return null
  return (
    <div className={css.rules} role="group" aria-label={t('waves.rules')}>
      {rules.map((rule) => (
        <span key={rule.id} className={textOf(rule) === now ? css.ruleOn : css.rule}>
          <button type="button" aria-pressed={textOf(rule) === now} onClick={() => onSearch({ ...readWavesSearch(parseSearch(textOf(rule))), tab: 'make' })}>
            {rule.name}
          </button>
          {rule.mine ? (
            <button type="button" aria-label={t('waves.remove_rule', { name: rule.name })} onClick={() => remove.mutate(rule.id)}>
              <CloseOutlined />
            </button>
          ) : null}
        </span>
      ))}
      {now !== '' && !rules.some((r) => textOf(r) === now) ? (
        <Popup
          trigger={({ open, toggle }) => (
            <button type="button" className={css.addRule} aria-expanded={open} onClick={toggle}>
              {t('waves.save_rule')}
            </button>
          )}
        >
          {(close) => <SaveRule query={now} onDone={close} />}
        </Popup>
      ) : null}
    </div>
  )
}

function SaveRule({ query, onDone }: { query: string; onDone: () => void }) {
  const { t } = useTranslation()
  const toast = useToast()
  const [name, setName] = useState('')
  const save = useAction({
    run: (body: { name: string; page: string; query: { search: string } }, key) => api.post('/saved-views', body, { key }),
    invalidates: [['saved-views']],
    onSuccess: () => {
      onDone()
      toast.ok(t('waves.rule_saved'))
    },
    onError: toast.bad,
  })
  return (
    <form
      className={css.saveRule}
      onSubmit={(e) => {
        e.preventDefault()
        if (name.trim()) save.mutate({ name: name.trim(), page: PAGE, query: { search: query } })
      }}
    >
      <TextBox autoFocus label={t('waves.rule_name')} value={name} maxLength={40} onChange={setName} />
      <Button type="primary" htmlType="submit" loading={save.isPending} disabled={!name.trim()}>
        {t('common.save')}
      </Button>
    </form>
  )
}
