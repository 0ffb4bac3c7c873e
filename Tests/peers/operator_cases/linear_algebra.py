"""Calls of the operators of the group linear algebra."""

from .values import definite, n

CASES = {
    "matmul": [dict(self=lambda: n(2, 3, 4), other=lambda: n(4, 5)), dict(self=lambda: n(4), other=lambda: n(4))],
    "mm": dict(mat2=lambda: n(4, 2)),
    "bmm": dict(self=lambda: n(2, 3, 4), mat2=lambda: n(2, 4, 5)),
    "mv": dict(vec=lambda: n(4)),
    "addmm": dict(self=lambda: n(2), mat1=lambda: n(3, 4), mat2=lambda: n(4, 2)),
    "addmv": dict(self=lambda: n(3), mat=lambda: n(3, 4), vec=lambda: n(4)),
    "baddbmm": dict(self=lambda: n(2, 3, 5), batch1=lambda: n(2, 3, 4), batch2=lambda: n(2, 4, 5)),
    "outer": dict(self=lambda: n(3), vec2=lambda: n(4)),
    "einsum": [
        dict(equation="bij,bjk->bik", tensors=lambda: [n(2, 3, 4), n(2, 4, 5)]),
        dict(equation="ij,jk,kl->il", tensors=lambda: [n(2, 3), n(3, 4), n(4, 2)], path=[1, 2, 0, 1])],
    "linear": dict(weight=lambda: n(2, 4), bias=lambda: n(2), input=lambda: n(3, 4)),
    "linalg_solve": [dict(A=lambda: definite(3, 3), B=lambda: n(3, 2)), dict(
        A=lambda: definite(3, 3), B=lambda: n(2, 3), left=False)],
    "linalg_cholesky": dict(self=lambda: definite(3, 3), upper=True),
    "linalg_eigh": dict(self=lambda: definite(3, 3), UPLO="U"),
    "linalg_svd": dict(A=lambda: n(4, 3), full_matrices=False),
    "linalg_qr": dict(A=lambda: n(4, 3), mode="complete"),
    "linalg_inv": dict(A=lambda: definite(3, 3)),
}
