"""A scenario's name servers, on sockets that the agent bound inside the sandbox."""


class Servers:
    def __init__(self, scenario, source, agent):
        self.addresses = []

    async def __aenter__(self):
        return self

    async def __aexit__(self, *a):
        pass

    def facts(self):
        return {}

    def timeline(self):
        return []
