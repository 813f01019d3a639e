from click import Command

commands: tuple[Command, ...] = ()
