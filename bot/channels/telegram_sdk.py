"""Telegram's SDK, loaded so that each of its models is built when it is first used.

aiogram builds its four hundred models while it is imported: 107 MB and six seconds of CPU for the dozen that this house
uses (3.31, measured with pydantic 2.13). Here the import leaves them as pydantic's `defer_build` leaves any model, and
each is built with aiogram's own namespace at its first use. Code that imports aiogram without this gets the same, slowly.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

_LOADING = threading.Lock()


def load_sdk() -> None:
    """`aiogram` is imported; does nothing when it was before."""
    with _LOADING:
        if "aiogram" not in sys.modules:
            _import_with_models_deferred()


def _import_with_models_deferred() -> None:
    rebuild: Any = BaseModel.__dict__["model_rebuild"]
    names: dict[str, Any] = {}

    def put_off(
        model: type[BaseModel], /, *, _types_namespace: Mapping[str, Any] | None = None, **options: Any
    ) -> bool | None:
        if _types_namespace is None or not model.__module__.startswith("aiogram."):
            built: bool | None = rebuild.__func__(model, _types_namespace=_types_namespace, **options)
            return built
        names.update(_types_namespace)
        return None

    def build(model: type[BaseModel], /, **options: Any) -> bool | None:
        options |= {"_types_namespace": names}
        built: bool | None = rebuild.__func__(model, **options)
        return built

    BaseModel.model_rebuild = classmethod(put_off)  # type: ignore[method-assign,assignment]  # only while aiogram is imported
    try:
        from aiogram.methods.base import Response, TelegramMethod  # noqa: PLC0415 - this is what the function is for
        from aiogram.types.base import TelegramObject  # noqa: PLC0415
    finally:
        BaseModel.model_rebuild = rebuild  # type: ignore[method-assign]  # as it was
    for family in (TelegramObject, TelegramMethod, Response):
        family.model_rebuild = classmethod(build)  # type: ignore[method-assign,assignment]  # pydantic calls it at first use
