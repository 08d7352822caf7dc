import { useQueryClient } from '@tanstack/react-query'
import { Button, Input } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAction } from '@/lib/action'
import { api } from '@/lib/api/client'
import type { Access } from '@/lib/api/contract'
import { useNow } from '@/lib/clock'
import { Field } from '@/ui/Field'
import { Panel } from '@/ui/Page'
import { ErrorBox } from '@/ui/States'
import { useToast } from '@/ui/Toast'
import { readConsent } from './connect'
import { Until } from './SyncView'
import css from './sync.module.css'

/** A person's agreement on the channel's page: open it, come back, or copy the code by hand. */
export function Consent({ shopId, channel, access }: { shopId: string; channel: string; access: Access }) {
  const { t } = useTranslation()
  const toast = useToast()
  const now = useNow()
  const client = useQueryClient()
  const [redirect, setRedirect] = useState(`${location.origin}/authorise`)
  const [text, setText] = useState('')
  const start = useAction({
    run: (_: null, key) => api.post('/shops/{id}/access/consent', redirect.trim() ? { redirect_url: redirect.trim() } : {}, { path: { id: shopId }, key }),
  })
  const finish = useAction({
    run: (body: { state: string; code: string }, key) => api.post('/consents', body, { key }),
    invalidates: [['sync'], ['shops']],
    onSuccess: () => {
      start.reset()
      setText('')
      toast.ok(t('sync.authorised'))
      void client.invalidateQueries({ queryKey: ['sync'] })
    },
  })
  const begun = start.data
  const over = begun?.expires_at ? Date.parse(begun.expires_at) < now : false
  const answer = begun ? readConsent(text, begun.url) : null
  const fresh = access.state === 'unauthorised'
  return (
    <Panel title={fresh ? t('sync.authorise') : t('sync.authorise_again')} note={t('sync.authorise_note', { channel })}>
      <ol className={css.steps}>
        <li>
          <Field label={t('sync.redirect')} hint={t('sync.redirect_hint')}>
            <Input maxLength={500} aria-label={t('sync.redirect')} value={redirect} disabled={Boolean(begun) && !over} onChange={(e) => setRedirect(e.target.value)} />
          </Field>
        </li>
        <li>
          {begun && !over ? (
            <span className={css.row}>
              <a href={begun.url} target="_blank" rel="noreferrer">
                {t('sync.open_page', { channel })}
              </a>
              <Until at={begun.expires_at} now={now} />
            </span>
          ) : (
            <Button type={fresh ? 'primary' : 'default'} loading={start.isPending} onClick={() => start.mutate(null)}>
              {over ? t('sync.authorise_restart') : t('sync.authorise_start')}
            </Button>
          )}
          {start.error ? <ErrorBox error={start.error} /> : null}
        </li>
        <li>
          <Field label={t('sync.paste')} hint={begun && text.trim() && !answer ? t('sync.paste_bad') : t('sync.paste_hint')}>
            <span className={css.row} style={{ flexWrap: 'nowrap' }}>
              <Input aria-label={t('sync.paste')} disabled={!begun || over} value={text} onChange={(e) => setText(e.target.value)} onPressEnter={() => answer && finish.mutate(answer)} />
              <Button type="primary" disabled={!answer || over} loading={finish.isPending} onClick={() => answer && finish.mutate(answer)}>
                {t('sync.authorise_finish')}
              </Button>
            </span>
          </Field>
          {finish.error ? <ErrorBox error={finish.error} /> : null}
        </li>
      </ol>
    </Panel>
  )
}
