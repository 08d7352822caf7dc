import { SupplierDesk } from '@/features/suppliers/SupplierDesk'

export default function SupplierPage() {
  return <SupplierDesk />
}
