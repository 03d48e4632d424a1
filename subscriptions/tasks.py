"""The task that sends the mails that are due, for an organisation with a task queue such as Celery or procrastinate.

Nothing here enqueues it: the scheduler of the queue does so each minute, in place of the timer.
"""

from django.core.management import call_command
from django.tasks import task


@task
def send_due_mails() -> None:
    """Do a run of `manage.py send_mail`; several may overlap.

    Raises:
        CommandError: the mail server cannot be reached; all mails wait for the next run.
    """
    call_command("send_mail", verbosity=0)
