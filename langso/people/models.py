"""Accounts sign in, persons hold posts. Purpose of the personal data here: to know who stands behind a figure.

Kept: name, how to be addressed, phone and e-mail of the office (Nghị định 13/2023/NĐ-CP). Nothing else.
"""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.models import Q

from langso.legal.models import LegalDocument
from langso.people.roles import NATIONAL, Role
from langso.units.models import Unit


class AccountManager(BaseUserManager["Account"]):
    def create_user(self, username: str, password: str | None = None, **extra: Any) -> Account:
        account = self.model(username=username, **extra)
        account.set_password(password)
        account.save(using=self._db)
        return account


class Account(AbstractBaseUser):
    """What one signs in with. Kept apart from the person: sign-in must find it before it knows who asks."""

    username = models.CharField("tên đăng nhập", max_length=60, unique=True)
    email = models.EmailField("thư điện tử", blank=True)
    is_active = models.BooleanField("đang dùng", default=True)
    created_at = models.DateTimeField("lập lúc", auto_now_add=True)

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects = AccountManager()

    class Meta:
        verbose_name = verbose_name_plural = "tài khoản"

    def __str__(self) -> str:
        return self.username


class Person(models.Model):
    """Someone who does work here."""

    account = models.OneToOneField(
        Account, models.PROTECT, null=True, blank=True, related_name="person", verbose_name="tài khoản"
    )
    full_name = models.CharField("họ và tên", max_length=120)
    address = models.CharField("xưng hô", max_length=10, blank=True)  # anh, chị, bác
    phone = models.CharField("điện thoại", max_length=20, blank=True)
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="people", verbose_name="nơi công tác"
    )
    sort_key = models.CharField("khóa sắp xếp", max_length=400, db_collation="C", blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "người"

    def __str__(self) -> str:
        return f"{self.address.capitalize()} {self.full_name}".strip()


class PostQuerySet(models.QuerySet["Post"]):
    def on(self, day: date) -> PostQuerySet:
        return self.filter(valid__contains=day)


class Post(models.Model):
    """A role at a unit for some days; no unit means the whole country."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="posts", verbose_name="người")
    role = models.CharField("vai trò", max_length=30, choices=Role)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="posts", verbose_name="đơn vị")
    valid = DateRangeField("thời gian")
    document = models.ForeignKey(LegalDocument, models.PROTECT, null=True, blank=True, verbose_name="văn bản")
    granted_by = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="granted", verbose_name="người cấp"
    )

    objects = PostQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "vị trí"
        constraints = [
            models.CheckConstraint(
                condition=Q(unit__isnull=True, role__in=sorted(NATIONAL))
                | (Q(unit__isnull=False) & ~Q(role__in=sorted(NATIONAL))),
                name="post_without_unit_is_national",
            )
        ]
        indexes = [models.Index(fields=["unit"], name="post_unit")]

    def __str__(self) -> str:
        return self.get_role_display()
