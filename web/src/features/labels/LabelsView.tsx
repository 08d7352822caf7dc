import { queryOptions, useQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAction } from '@/lib/action'
import { api } from '@/lib/api/client'
import { useCan } from '@/lib/session'
import { FormDialog } from '@/ui/FormDialog'
import { Page, Panel } from '@/ui/Page'
import { QueryState } from '@/ui/States'
import { Tag } from '@/ui/Tag'
import css from './labels.module.css'
import { sizeKey, type Body, type Template } from './template'
import { TemplateEditor } from './TemplateEditor'

const templatesQuery = queryOptions({
  queryKey: ['print', 'templates'],
  queryFn: ({ signal }) => api.get('/print/templates', { signal }).then((l) => l.items),
})

interface Draft {
  /** Absent for a new one. */
  id?: string
  version?: number
  body: Body
}

/** Label templates: those that came with the product, and the merchant's own. */
export function LabelsView() {
  const { t } = useTranslation()
  const can = useCan()('packing.print')
  const query = useQuery(templatesQuery)
  const [draft, setDraft] = useState<Draft | null>(null)
  const [leaving, setLeaving] = useState<Template | null>(null)
  const copy = (one: Template) => setDraft({ body: { ...one.body, name: t('labels.copy_of', { name: one.body.name }) } })
  const edit = (one: Template) => setDraft({ id: one.id, version: one.version, body: one.body })
  if (draft) {
    return <TemplateEditor key={draft.id ?? 'new'} id={draft.id} version={draft.version} first={draft.body} onClose={() => setDraft(null)} />
  }
  return (
    <Page title={t('labels.title')} hint={t('labels.hint')}>
      <Panel flush>
        <QueryState query={query}>
          {(all) => (
            <ul className={css.list} aria-label={t('labels.title')}>
              {all.map((one) => (
                <li key={one.id}>
                  <div>
                    <strong>{one.body.name}</strong> {one.builtin ? <Tag>{t('labels.builtin')}</Tag> : null}
                    <p className={css.muted}>
                      {t('labels.size_is', { size: sizeKey(one.body.size) })} · {t('labels.n_elements', { count: one.body.elements.length, n: one.body.elements.length })}
                    </p>
                  </div>
                  {can ? (
                    <div className={css.acts}>
                      {one.builtin ? null : (
                        <Button size="small" type="primary" onClick={() => edit(one)}>
                          {t('common.edit')}
                        </Button>
                      )}
                      <Button size="small" onClick={() => copy(one)}>
                        {t('labels.copy')}
                      </Button>
                      {one.builtin ? null : (
                        <Button size="small" danger onClick={() => setLeaving(one)}>
                          {t('common.delete')}
                        </Button>
                      )}
                    </div>
                  ) : null}
                </li>
              ))}
            </ul>
          )}
        </QueryState>
      </Panel>
      {leaving ? <DeleteDialog template={leaving} onClose={() => setLeaving(null)} /> : null}
    </Page>
  )
}

function DeleteDialog({ template, onClose }: { template: Template; onClose: () => void }) {
  const { t } = useTranslation()
  const remove = useAction({
    run: (id: string, key) => api.delete('/print/templates/{id}', { path: { id }, key }),
    invalidates: [['print', 'templates']],
    onSuccess: onClose,
  })
  return (
    <FormDialog title={t('labels.delete_title')} action={t('labels.delete', { name: template.body.name })} danger valid saving={remove.isPending} error={remove.error} onSave={() => remove.mutate(template.id)} onClose={onClose}>
      <p>{t('labels.delete_hint')}</p>
    </FormDialog>
  )
}
